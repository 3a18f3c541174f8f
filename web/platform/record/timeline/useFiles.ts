import { useSyncExternalStore } from 'react';
import { t } from '../../../text/text.ts';
import { formatBytes, formatNumber } from '../../../ui/format.ts';
import { toast } from '../../../ui/toast.ts';
import { firstId } from '../../offline/arrivals.ts';
import { api } from '../../query/api.ts';

const file_bytes_max = 100 * 1024 * 1024;
const files_max = 20;

interface Held {
  chosen: readonly File[];
  /** What was sent or attached in an earlier try is not again. */
  sent: Map<File, string>;
  attached: Set<string>;
}

const anyId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * By the draft with which they go: whoever looks elsewhere meanwhile finds them again, for as long as the page is open.
 */
const held = new Map<string, Held>();
const listeners = new Set<() => void>();
const none: readonly File[] = [];

function heldOf(key: string): Held {
  const known = held.get(key) ?? { chosen: none, sent: new Map(), attached: new Set() };
  held.set(key, known);
  return known;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Files that will hang on what is being written. They stay on the page until it is saved. */
export function useFiles(draftKey: string) {
  // The id of a record that was made offline changes under the hand of who writes.
  const key = draftKey.replace(anyId, firstId);
  const chosen = useSyncExternalStore(subscribe, () => held.get(key)?.chosen ?? none);
  function choose(files: readonly File[]) {
    if (files.length > 0) heldOf(key).chosen = files;
    else held.delete(key);
    for (const each of listeners) each();
  }
  return {
    chosen,
    add: (more: readonly File[]) => {
      const large = more.find(({ size }) => size > file_bytes_max);
      if (large)
        toast(t('{name} is larger than {size}', { name: large.name, size: formatBytes(file_bytes_max) }), {
          kind: 'error',
        });
      const fitting = [...heldOf(key).chosen, ...more.filter(({ size }) => size <= file_bytes_max)];
      if (fitting.length > files_max)
        toast(t('At most {count} files at once', { count: formatNumber(files_max) }), { kind: 'error' });
      choose(fitting.slice(0, files_max));
    },
    remove: (file: File) => choose(chosen.filter((each) => each !== file)),
    drop: () => choose([]),
    /** Those that were chosen while the others were on their way stay. */
    clearSent: () => {
      const { chosen, sent, attached } = heldOf(key);
      const rest = chosen.filter((file) => !sent.has(file));
      sent.clear();
      attached.clear();
      choose(rest);
    },
    upload: async (): Promise<string[]> => {
      const { sent } = heldOf(key);
      for (const file of chosen) {
        if (sent.has(file)) continue;
        const form = new FormData();
        form.set('file', file);
        sent.set(file, (await api.post<{ id: string }>('/files', form)).id);
      }
      return chosen.map((file) => sent.get(file)!);
    },
    attach: async (ids: readonly string[], on: Record<string, string>): Promise<void> => {
      const { attached } = heldOf(key);
      for (const file_id of ids) {
        const attachment = { file_id, ...on };
        // On another text the same file is still to be attached.
        const name = JSON.stringify(attachment);
        if (attached.has(name)) continue;
        await api.post('/attachments', attachment);
        attached.add(name);
      }
    },
  };
}

export type ChosenFilesState = ReturnType<typeof useFiles>;
