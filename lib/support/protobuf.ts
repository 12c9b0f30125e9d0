import protobuf from "protobufjs/minimal.js";

/** A protobuf message being written. */
export type Message = protobuf.Writer;

/** How a field's value is encoded: as a varint, 8 bytes, a length and bytes, or 4 bytes. */
export type WireType = 0 | 1 | 2 | 5;

/** The tag of a protobuf field: its number and how its value is encoded. */
export function tag(field: number, wire: WireType): number {
  return field << 3 | wire;
}

/** Writes a message that is a field of another. */
export function nested(message: Message, field: number, fill: (inside: Message) => void): void {
  message.uint32(tag(field, 2)).fork();
  fill(message);
  message.ldelim();
}

/** The bytes of a message. */
export function messageBytes(fill: (message: Message) => void): Uint8Array<ArrayBuffer> {
  const message = protobuf.Writer.create();
  fill(message);
  return message.finish() as Uint8Array<ArrayBuffer>;
}

/** A field of a message whose fields are all numbers, texts and messages: its number and its value. */
export type Field = readonly [number: number, value: number | string | readonly Field[]];

/** The bytes of a message of such fields, in their order; numbers are varints. */
export function messageOf(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  return messageBytes((message) => writeFields(message, fields));
}

function writeFields(message: Message, fields: readonly Field[]): void {
  for (const [number, value] of fields) {
    if (typeof value === "number") message.uint32(tag(number, 0)).uint64(value);
    else if (typeof value === "string") message.uint32(tag(number, 2)).string(value);
    else nested(message, number, (inside) => writeFields(inside, value));
  }
}
