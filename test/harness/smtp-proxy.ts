import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * Where a connection ends: before `DATA`, in the middle of the body, when the server has the body and nobody its
 * answer, when the answer has been given.
 */
export const smtpPhases = ['data', 'body', 'dot', 'answer'] as const;
export type SmtpPhase = (typeof smtpPhases)[number];

/** Stands between Holdfast and an SMTP server. */
export interface SmtpProxy {
  port: number;
  /** Breaks the next connection that brings a mail for this recipient, in this phase, after `before` is done. */
  breakFor(recipient: string, phase: SmtpPhase, before?: () => Promise<void>): void;
  stop(): Promise<void>;
}

interface Break {
  phase: SmtpPhase;
  before: () => Promise<void>;
}

export async function startSmtpProxy(port: number): Promise<SmtpProxy> {
  const wanted = new Map<string, Break>();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const provider = connect(port, '127.0.0.1');
    for (const socket of [client, provider]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    const end = () => {
      client.destroy();
      provider.destroy();
    };
    client.on('close', end);
    provider.on('close', end);
    relay(client, provider, (recipient) => {
      const found = wanted.get(recipient);
      wanted.delete(recipient);
      return found && { phase: found.phase, end: () => void found.before().finally(end) };
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    breakFor: (recipient, phase, before = async () => undefined) => void wanted.set(recipient, { phase, before }),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Passes on what both say, until the phase in which the connection of a recipient ends. */
function relay(
  client: Socket,
  provider: Socket,
  breakOf: (recipient: string) => { phase: SmtpPhase; end: () => void } | undefined,
): void {
  let broken: ReturnType<typeof breakOf>;
  let at: 'commands' | 'body' | 'sent' = 'commands';
  let tail = '';
  client.on('data', (data) => {
    const text = data.toString('latin1');
    if (at === 'body') {
      if (broken?.phase === 'body') return void provider.write(data.subarray(0, data.length / 2), broken.end);
      tail = (tail + text).slice(-5);
      if (tail === '\r\n.\r\n') at = 'sent';
    } else if (/^DATA\r\n/i.test(text)) {
      if (broken?.phase === 'data') return broken.end();
      at = 'body';
    } else {
      const recipient = /^RCPT TO:<([^>]*)>/i.exec(text)?.[1];
      if (recipient) broken = breakOf(recipient);
    }
    provider.write(data);
  });
  provider.on('data', (data) => {
    // Each command by itself, so that a connection can end between any two.
    if (at !== 'sent') client.write(data.toString('latin1').replace('250-PIPELINING\r\n', ''), 'latin1');
    else if (broken?.phase === 'dot') broken.end();
    else client.write(data, broken?.phase === 'answer' ? broken.end : undefined);
  });
}
