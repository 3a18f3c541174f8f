import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isLoopbackHost } from '../loopback.ts';
import { FileError } from './file-store.ts';

const silence_ms_max = 30_000;
/**
 * Once it has all of a file: ClamAV says nothing while it looks, for which it takes two minutes at most (MaxScanTime).
 */
const answer_ms_max = 150_000;
const scan_ms_max = 300_000;
/** ClamAV's default (StreamMaxLength) is lower; an installation with larger files raises both. */
const scan_bytes_max = 100 * 1024 * 1024;
const reply_bytes_max = 4096;
const larger_than_the_scanner_takes =
  'The file is larger than the virus scanner takes. Whoever runs it can raise StreamMaxLength in its clamd.conf';

export interface ScanResult {
  clean: boolean;
  /** The name of the malware that was found. */
  found?: string;
}

/** Throws when it cannot tell: a file that was not scanned counts as unsafe. */
export type Scan = (stream: Readable) => Promise<ScanResult>;

export interface ClamdOptions {
  /** `tcp://127.0.0.1:3310` or `unix:///run/clamav/clamd.ctl` */
  url: string;
  sizeBytesMax?: number;
  silenceMsMax?: number;
  /** `silenceMsMax` by default, where that is given. */
  answerMsMax?: number;
  /** Allows files to be sent to a ClamAV on another machine, which knows no TLS. */
  allowPlaintext?: boolean;
}

export function createClamdScan(options: ClamdOptions): Scan {
  const { url, sizeBytesMax = scan_bytes_max, silenceMsMax = silence_ms_max, allowPlaintext = false } = options;
  const { answerMsMax = options.silenceMsMax ?? answer_ms_max } = options;
  const open = opener(url, allowPlaintext);

  return async (stream) => {
    const socket = open();
    socket.setTimeout(silenceMsMax);
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${socket.timeout} ms`)));
    const signal = AbortSignal.timeout(scan_ms_max);
    // The reply may come before all is sent, and says more than the broken connection that follows it; of clamd it mostly
    // gets lost with that, where a file is too large.
    const sending = pipeline(frames(stream, sizeBytesMax), socket, { end: false, signal });
    sending.then(
      () => socket.setTimeout(answerMsMax),
      (error) => socket.destroy(error),
    );
    try {
      return resultOf(await readReply(socket));
    } catch (error) {
      if (error instanceof FileError) throw error;
      // Without the address of the scanner, since whoever uploads is told.
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE' || code === 'ECONNRESET')
        throw new FileError(
          'scan_failed',
          `The virus scanner broke off (${code}). If it does so again, the file is larger than its StreamMaxLength, which whoever runs it can raise`,
          { cause: error },
        );
      throw new FileError('scan_failed', `The virus scanner failed: ${code ?? message}`, { cause: error });
    } finally {
      socket.destroy();
      stream.destroy();
    }
  };
}

function opener(text: string, allowPlaintext: boolean): () => Socket {
  const url = URL.parse(text);
  if (url?.protocol === 'unix:' && url.pathname && !url.hostname)
    return () => connect(decodeURIComponent(url.pathname));
  if (url?.protocol !== 'tcp:' || !url.hostname || !url.port) {
    throw new TypeError('CLAMD_URL must look like tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl');
  }
  if (!allowPlaintext && !isLoopbackHost(url.hostname)) {
    throw new TypeError(
      `CLAMD_URL would send files to ${url.hostname} without TLS: set ALLOW_PLAINTEXT=true if that network is yours`,
    );
  }
  return () => connect(Number(url.port), url.hostname.replace(/^\[(.*)\]$/, '$1'));
}

/** clamd's INSTREAM: each chunk after its length, then a length of zero. */
async function* frames(stream: Readable, sizeBytesMax: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('zINSTREAM\0');
  let sizeBytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    if (chunk.length === 0) continue;
    sizeBytes += chunk.length;
    if (sizeBytes > sizeBytesMax) {
      throw new FileError(
        'file_too_large',
        `The file has more than the ${sizeBytesMax} bytes that can be scanned for viruses`,
      );
    }
    yield lengthOf(chunk.length);
    yield chunk;
  }
  yield lengthOf(0);
}

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

async function readReply(socket: Socket): Promise<string> {
  let reply = '';
  for await (const chunk of socket) {
    reply += (chunk as Buffer).toString('utf8');
    const end = reply.indexOf('\0');
    if (end >= 0) return reply.slice(0, end);
    if (reply.length > reply_bytes_max) throw new Error('its answer has no end');
  }
  throw new Error('it closed the connection without an answer');
}

function resultOf(reply: string): ScanResult {
  if (reply === 'stream: OK') return { clean: true };
  const found = /^stream: (.+) FOUND$/.exec(reply)?.[1];
  if (found) return { clean: false, found };
  if (reply.includes('size limit exceeded')) throw new FileError('file_too_large', larger_than_the_scanner_takes);
  throw new Error(`it answered "${reply}"`);
}
