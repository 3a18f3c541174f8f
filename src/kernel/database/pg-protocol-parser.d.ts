/** What the parser of rows uses of the driver's own. */
declare module 'pg-protocol/dist/parser.js' {
  export type BackendMessage = { name: string; length: number; fields?: (string | null)[] };
  export class Parser {
    parse(bytes: Buffer, callback: (message: BackendMessage) => void): void;
    handlePacket(offset: number, code: number, length: number, bytes: Buffer): BackendMessage;
  }
}
