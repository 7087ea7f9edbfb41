/** Diagnostics, a line an event, to stderr. (`log` is data, `logger` is diagnostics.) */

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = 'text' | 'json';

export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

export function createLogger(
  level: LogLevel,
  format: LogFormat,
  write: (line: string) => void,
  now: () => Date,
): Logger {
  const threshold = LOG_LEVELS.indexOf(level);
  const at =
    (eventLevel: LogLevel) =>
    (message: string, fields: object = {}): void => {
      if (LOG_LEVELS.indexOf(eventLevel) < threshold) return;
      const time = now().toISOString();
      if (format === 'json') {
        write(`${JSON.stringify({ time, level: eventLevel, message, ...fields })}\n`);
        return;
      }
      const details = Object.entries(fields).map(
        ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      write(`${time} ${eventLevel.padEnd(5)} ${message}${details.join('')}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** For code under test that has nothing to say. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
