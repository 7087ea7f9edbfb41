/** A message on its way: nobody may change it any more, neither who sent it nor who receives it. */
export interface SealedMessage<Message> {
  /** What arrives: frozen, with buffers of its own. */
  readonly message: Message;
  /** About as many as it would take on the wire. */
  readonly bytes: number;
  /** Whether the sender has left its buffers alone; the rest it cannot change. */
  isUnchanged(): boolean;
}

const leafBytes = 8;

/** Bytes of objects that are sealed and hold no buffer: sent again, they are as they were. */
const known = new WeakMap<object, number>();

/** Freezes `sent`, deeply. Throws a TypeError for what is no plain value. */
export function sealMessage<Message>(sent: Message): SealedMessage<Message> {
  const buffers: { readonly sent: Buffer; readonly copied: Buffer }[] = [];
  let bytes = leafBytes;
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'function') throw new TypeError('a message holds a function');
      bytes += typeof value === 'string' ? value.length : leafBytes;
      return value;
    }
    if (Buffer.isBuffer(value)) {
      const copied = Buffer.from(value);
      buffers.push({ sent: value, copied });
      bytes += value.length;
      return copied;
    }
    if (value instanceof Error) return value;
    const knownBytes = known.get(value);
    if (knownBytes !== undefined) {
      bytes += knownBytes;
      return value;
    }
    const before = bytes;
    const copied = copyFields(value, copy);
    if (copied === value) known.set(value, bytes - before);
    return copied;
  };
  const message = copy(sent) as Message;
  return {
    message,
    bytes,
    isUnchanged: () => buffers.every((each) => each.sent.equals(each.copied)),
  };
}

/** The value itself if it holds no buffer. */
function copyFields(value: object, copy: (field: unknown) => unknown): object {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || Array.isArray(value) || prototype === null;
  if (!isPlain) throw new TypeError(`a message holds a ${value.constructor.name}`);
  let isSame = true;
  const entries = Object.entries(value).map(([key, field]) => {
    const copied = copy(field);
    isSame &&= copied === field;
    return [key, copied] as const;
  });
  Object.freeze(value);
  if (isSame) return value;
  const copied = Array.isArray(value)
    ? entries.map(([, field]) => field)
    : Object.fromEntries(entries);
  return Object.freeze(copied);
}
