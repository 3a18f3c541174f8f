import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between Holdfast and an IMAP server. */
export interface ImapProxy {
  port: number;
  /** All connections break with the next answer. */
  breakOff(): void;
  /** From now on searches leave out every second of what they found. */
  lie(): void;
  beHonest(): void;
  /**
   * The next connection that sends such a command gets no answers from then on: resolves then, with what lets them
   * through.
   */
  hold(command: RegExp): Promise<() => void>;
  stop(): Promise<void>;
}

const hold_ms_max = 20_000;

export async function startImapProxy(port: number): Promise<ImapProxy> {
  let breaks = false;
  let lies = false;
  let wanted: { command: RegExp; reached: (release: () => void) => void } | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const provider = connect(port, '127.0.0.1');
    let held: Buffer[] | undefined;
    const release = () => {
      for (const data of held ?? []) client.write(data);
      held = undefined;
    };
    join(client, provider, sockets);
    client.on('data', (data) => {
      if (wanted?.command.test(data.toString('latin1'))) {
        held = [];
        wanted.reached(release);
        wanted = undefined;
      }
      provider.write(data);
    });
    provider.on('data', (data) => {
      if (held) held.push(data);
      else if (breaks) {
        breaks = false;
        for (const each of sockets) each.destroy();
      } else client.write(lies ? withoutSome(data) : data);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    breakOff: () => {
      breaks = true;
    },
    lie: () => {
      lies = true;
    },
    beHonest: () => {
      lies = false;
      breaks = false;
    },
    hold: (command) =>
      new Promise((reached, reject) => {
        wanted = { command, reached };
        setTimeout(() => reject(new Error(`Nobody sent ${command}`)), hold_ms_max).unref();
      }),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Neither end outlives the other. */
function join(client: Socket, provider: Socket, sockets: Set<Socket>): void {
  const ends = [client, provider] as const;
  for (const [at, socket] of ends.entries()) {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      ends[1 - at]!.destroy();
    });
  }
}

const withoutSome = (data: Buffer): Buffer =>
  Buffer.from(
    data.toString('latin1').replace(/^\* SEARCH (.*)\r$/m, (_, found: string) => {
      const left = found.split(' ').filter((_one, at) => at % 2 === 1);
      return `* SEARCH ${left.join(' ')}\r`;
    }),
    'latin1',
  );
