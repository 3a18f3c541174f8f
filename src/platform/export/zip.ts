import { once } from 'node:events';
import { crc32, createDeflateRaw } from 'node:zlib';

export interface ZipEntry {
  name: string;
  /** Its bytes, read once. */
  body: AsyncIterable<Uint8Array>;
}

const bytes_max = 0xffff_ffff;
const entries_max = 0xffff;
/** Bit 3: sizes follow behind the bytes; bit 11: the name is UTF-8. */
const flags = 0x0808;
const version = 20;
const deflated = 8;

/**
 * A ZIP archive as it is written, entry by entry; nothing of it is held in memory. It has at most 4 GB and 65,535
 * entries.
 */
export async function* zipped(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const directory: Buffer[] = [];
  let at = 0;
  for await (const { name, body } of entries) {
    const start = at;
    const path = Buffer.from(name);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(version, 4);
    head.writeUInt16LE(flags, 6);
    head.writeUInt16LE(deflated, 8);
    head.writeUInt16LE(0x21, 12);
    head.writeUInt16LE(path.length, 26);
    yield Buffer.concat([head, path]);
    at += 30 + path.length;
    let sum = 0;
    let plain = 0;
    const deflate = createDeflateRaw();
    const written = (async () => {
      for await (const chunk of body) {
        sum = crc32(chunk, sum);
        plain += chunk.length;
        if (!deflate.write(chunk)) await once(deflate, 'drain');
      }
      deflate.end();
    })();
    written.catch((error: Error) => deflate.destroy(error));
    const begun = at;
    for await (const chunk of deflate) {
      at += chunk.length;
      yield chunk as Buffer;
    }
    await written;
    const sizes = Buffer.alloc(16);
    sizes.writeUInt32LE(0x08074b50, 0);
    sizes.writeUInt32LE(sum, 4);
    if (at > bytes_max || plain > bytes_max) throw new Error('An archive has at most 4 GB');
    sizes.writeUInt32LE(at - begun, 8);
    sizes.writeUInt32LE(plain, 12);
    yield sizes;
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(version, 4);
    head.copy(central, 6, 4, 14);
    central.writeUInt32LE(sum, 16);
    central.writeUInt32LE(at - begun, 20);
    central.writeUInt32LE(plain, 24);
    central.writeUInt16LE(path.length, 28);
    central.writeUInt32LE(start, 42);
    directory.push(central, path);
    at += 16;
  }
  const index = Buffer.concat(directory);
  const count = directory.length / 2;
  if (count > entries_max || at > bytes_max) throw new Error('An archive has at most 65,535 entries and 4 GB');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  yield Buffer.concat([index, end]);
}
