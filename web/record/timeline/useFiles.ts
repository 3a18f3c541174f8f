import { useRef, useState } from 'react';
import { api } from '../../app/api.ts';
import { t } from '../../text/text.ts';
import { formatBytes, formatNumber } from '../../ui/format.ts';
import { toast } from '../../ui/toast.ts';

const file_bytes_max = 100 * 1024 * 1024;
const files_max = 20;

/** Files that will hang on what is being written. They stay on the page until it is saved. */
export function useFiles() {
  const [chosen, setChosen] = useState<File[]>([]);
  const sent = useRef(new Map<File, string>());
  const attached = useRef(new Set<string>());
  return {
    chosen,
    add: (more: readonly File[]) => {
      const large = more.find(({ size }) => size > file_bytes_max);
      if (large)
        toast(t('{name} is larger than {size}', { name: large.name, size: formatBytes(file_bytes_max) }), {
          kind: 'error',
        });
      const fitting = [...chosen, ...more.filter(({ size }) => size <= file_bytes_max)];
      if (fitting.length > files_max)
        toast(t('At most {count} files at once', { count: formatNumber(files_max) }), { kind: 'error' });
      setChosen(fitting.slice(0, files_max));
    },
    remove: (file: File) => setChosen((files) => files.filter((each) => each !== file)),
    /** Those that were chosen while the others were on their way stay. */
    clearSent: () => {
      const gone = new Set(sent.current.keys());
      sent.current.clear();
      attached.current.clear();
      setChosen((files) => files.filter((file) => !gone.has(file)));
    },
    /** What was sent or attached in an earlier try is not again. */
    upload: async (): Promise<string[]> => {
      for (const file of chosen) {
        if (sent.current.has(file)) continue;
        const form = new FormData();
        form.set('file', file);
        sent.current.set(file, (await api.post<{ id: string }>('/files', form)).id);
      }
      return chosen.map((file) => sent.current.get(file)!);
    },
    attach: async (ids: readonly string[], on: Record<string, string>): Promise<void> => {
      for (const file_id of ids) {
        const attachment = { file_id, ...on };
        // On another text the same file is still to be attached.
        const key = JSON.stringify(attachment);
        if (attached.current.has(key)) continue;
        await api.post('/attachments', attachment);
        attached.current.add(key);
      }
    },
  };
}

export type ChosenFilesState = ReturnType<typeof useFiles>;
