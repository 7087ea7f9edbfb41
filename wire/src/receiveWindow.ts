// The stream receive window for a connection with `streams` open streams: their windows together stay within
// `connectionBytesMax`, in steps of two so that it changes rarely. Never under HTTP/2's own default.
const WINDOW_BYTES_MIN = 65_535;

export function streamWindowBytes(
  windowBytes: number,
  connectionBytesMax: number,
  streams: number,
): number {
  let window = windowBytes;
  while (window * streams > connectionBytesMax && window > WINDOW_BYTES_MIN) window /= 2;
  return Math.max(WINDOW_BYTES_MIN, Math.floor(window));
}
