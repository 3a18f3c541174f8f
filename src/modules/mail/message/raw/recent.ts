const bytes_max = 4 * 1024 * 1024;
const age_ms_max = 60_000;

/**
 * Raw mails that this process has just stored, for the one who reads each of them next: most are read within a second,
 * and a store of files may be far away. When there are too many, those that came last are not here, as they are read
 * last.
 */
export class RecentRaws {
  readonly #raws = new Map<string, { raw: Uint8Array; at: number }>();
  #bytes = 0;

  add(key: string, raw: Uint8Array): void {
    const at = Date.now();
    for (const [old, { at: added }] of this.#raws) {
      if (added > at - age_ms_max) break;
      this.take(old);
    }
    if (this.#bytes + raw.byteLength > bytes_max) return;
    this.#raws.set(key, { raw, at });
    this.#bytes += raw.byteLength;
  }

  take(key: string): Uint8Array | undefined {
    const found = this.#raws.get(key);
    if (!found) return undefined;
    this.#raws.delete(key);
    this.#bytes -= found.raw.byteLength;
    return found.raw;
  }
}
