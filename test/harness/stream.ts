export interface StreamEvent {
  id: string;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every kind
  data: any;
}

export interface OpenStream {
  /** Everything received so far. */
  events: StreamEvent[];
  /** The changes received so far. */
  changes(): StreamEvent[];
  /** Resolves when the server ends the stream. */
  ended: Promise<void>;
  close(): void;
}

/**
 * Opens the live stream as a page would, with an API key or the value of a session's cookie, and resolves once the
 * server says it is ready. `query` such as `?after=…`.
 */
export async function openStream(
  url: string,
  credential: string,
  lastEventId?: string,
  query = '',
): Promise<OpenStream> {
  const abort = new AbortController();
  const headers = {
    ...(credential.startsWith('hf_')
      ? { authorization: `Bearer ${credential}` }
      : { cookie: `__Host-holdfast=${credential}` }),
    ...(lastEventId && { 'last-event-id': lastEventId }),
  };
  const response = await fetch(`${url}/api/v1/events${query}`, { headers, signal: abort.signal });
  if (response.status !== 200) throw new Error(`The stream answered ${response.status}: ${await response.text()}`);
  const events: StreamEvent[] = [];
  let first: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    first = resolve;
  });
  const ended = read(response.body!, (event) => {
    events.push(event);
    first();
  }).then(first, first);
  if (!lastEventId && !query.startsWith('?after')) await opened;
  return { events, changes: () => events.filter((e) => e.event === 'change'), ended, close: () => abort.abort() };
}

async function read(body: ReadableStream<Uint8Array>, receive: (event: StreamEvent) => void): Promise<void> {
  const decoder = new TextDecoder();
  let buffered = '';
  for await (const chunk of body) {
    buffered += decoder.decode(chunk, { stream: true });
    const blocks = buffered.split('\n\n');
    buffered = blocks.pop()!;
    for (const block of blocks) {
      const lines = Object.fromEntries(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      if (lines.data) receive({ id: lines.id ?? '', event: lines.event ?? 'message', data: JSON.parse(lines.data) });
    }
  }
}
