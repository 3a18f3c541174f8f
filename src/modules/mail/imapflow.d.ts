/** Of imapflow what is used here, so that types are checked also where the package is not installed yet. */
declare module 'imapflow' {
  export interface FetchMessageObject {
    uid: number;
    source?: Buffer;
    size?: number;
    flags?: Set<string>;
    envelope?: {
      date?: Date;
      subject?: string;
      messageId?: string;
      from?: { name?: string; address?: string }[];
    };
    internalDate?: Date | string;
  }
  export interface ListResponse {
    path: string;
    name: string;
    flags: Set<string>;
    specialUse?: string;
  }
  interface FetchQuery {
    uid?: boolean;
    flags?: boolean;
    envelope?: boolean;
    size?: boolean;
    internalDate?: boolean;
    source?: boolean;
  }
  export class ImapFlow {
    constructor(options: {
      host: string;
      port: number;
      servername?: string;
      secure: boolean;
      doSTARTTLS?: boolean;
      tls?: { rejectUnauthorized?: boolean };
      auth: { user: string; pass: string };
      logger: false;
      disableAutoIdle?: boolean;
      connectionTimeout?: number;
      greetingTimeout?: number;
      socketTimeout?: number;
      maxLiteralSize?: number;
    });
    readonly usable: boolean;
    readonly mailbox: { path: string; uidValidity: bigint } | false;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'exists' | 'expunge' | 'flags', listener: () => void): this;
    idle(): Promise<boolean>;
    connect(): Promise<void>;
    logout(): Promise<void>;
    close(): void;
    list(): Promise<ListResponse[]>;
    mailboxOpen(path: string, options?: { readOnly?: boolean }): Promise<{ uidValidity: bigint; exists: number }>;
    mailboxCreate(path: string): Promise<unknown>;
    mailboxRename(path: string, to: string): Promise<unknown>;
    mailboxDelete(path: string): Promise<unknown>;
    messageDelete(range: string, options?: { uid?: boolean }): Promise<boolean>;
    messageMove(
      range: string,
      to: string,
      options?: { uid?: boolean },
    ): Promise<{ uidValidity?: bigint; uidMap?: Map<number, number> } | false>;
    messageFlagsAdd(range: string, flags: string[], options?: { uid?: boolean }): Promise<boolean>;
    messageFlagsRemove(range: string, flags: string[], options?: { uid?: boolean }): Promise<boolean>;
    search(
      query: { all?: boolean; header?: Record<string, string> },
      options: { uid: true },
    ): Promise<number[] | false | undefined>;
    fetch(range: string, query: FetchQuery, options?: { uid: true }): AsyncIterable<FetchMessageObject>;
    fetchAll(range: string, query: FetchQuery, options?: { uid: true }): Promise<FetchMessageObject[]>;
    append(path: string, content: string | Buffer, flags?: string[]): Promise<unknown>;
  }
}
