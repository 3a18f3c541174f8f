import { ApiError } from '../../query/problem.ts';
import { saveRecord } from '../../query/records.ts';
import type { Resource } from '../../query/resources.ts';
import { currentOf } from '../saveField.ts';
import type { useDraft } from '../useDraft.ts';

/** What a draft has become, as it was sent last. */
export interface SentEntry {
  id: string;
  version: number;
}

interface SendOnce {
  draft: Pick<ReturnType<typeof useDraft>, 'values' | 'set'>;
  resource: Resource;
  create: () => Promise<SentEntry>;
  /** What another try sends, of an entry that is there already. */
  body: Record<string, unknown>;
  title?: string;
}

/** Sends what stands in a draft. An entry is made once: what goes on in its draft after that changes it. */
export async function sendOnce({ draft, resource, create, body, title }: SendOnce): Promise<SentEntry> {
  const before = draft.values.sent as SentEntry | undefined;
  const { id, version } = (before && (await sendAgain(before))) ?? (await create());
  const sent = { id, version };
  draft.set('sent', sent);
  return sent;

  /** Also where nothing has changed: only the server knows whether it is still there. Null where it is not. */
  async function sendAgain(entry: SentEntry): Promise<SentEntry | null> {
    try {
      return await saveRecord(resource, entry, body, title);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        draft.set('sent', undefined);
        return null;
      }
      // Somebody else has changed it, which is said now. Saving again replaces it.
      const current = currentOf(error);
      if (current) draft.set('sent', { id: current.id, version: current.version });
      throw error;
    }
  }
}
