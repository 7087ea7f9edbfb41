/** Diagnostics, a line an event. */

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

export function createLogger(
  level: LogLevel,
  format: 'text' | 'json',
  write: (line: string) => void,
): Logger {
  const at =
    (of: LogLevel) =>
    (message: string, fields: object = {}): void => {
      if (LEVELS.indexOf(of) > LEVELS.indexOf(level)) return;
      const time = new Date().toISOString();
      if (format === 'json') {
        write(`${JSON.stringify({ time, level: of, message, ...fields })}\n`);
        return;
      }
      const details = Object.entries(fields).map(
        ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      write(`${time} ${of.padEnd(5)} ${message}${details.join('')}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
