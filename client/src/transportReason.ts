/** What transports say when there is no connection, in words for people. */

const REASONS: readonly (readonly [text: RegExp, reason: string])[] = [
  [/ECONNREFUSED/, 'connection refused'],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed|No addresses resolved/, 'no such host'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'the host cannot be reached'],
  [/ECONNRESET|EPIPE|socket hang up|Connection dropped/, 'the connection broke'],
  [/Protocol error|NGHTTP2|ERR_HTTP2|Parse Error/, 'what listens there does not speak gRPC'],
];
const HTTP_STATUS = /Received HTTP status code (\d+)/;
const DEADLINE = /^Deadline exceeded(?: after ([\d.]+)s)?/;
/** grpc-js: what it knows is in the middle. */
const NOT_CONNECTED =
  /^No connection established\. Last error: (?:Error: )?(.*?)\. Resolution note:.*$/s;

/** `text` as it is where nothing better is known. */
export function transportReason(text: string): string {
  const http = HTTP_STATUS.exec(text)?.[1];
  if (http !== undefined) return `what listens there is not a broker: HTTP ${http}`;
  const deadline = DEADLINE.exec(text);
  if (deadline !== null) {
    const [, seconds] = deadline;
    return seconds === undefined
      ? 'not in time'
      : `not within ${Math.round(Number(seconds) * 1000)} ms`;
  }
  const known = REASONS.find(([pattern]) => pattern.test(text));
  return known?.[1] ?? NOT_CONNECTED.exec(text)?.[1] ?? text;
}

/** It was not a broker that said this, but what lies between. */
export function isTransportFailure(text: string): boolean {
  return transportReason(text) !== text;
}
