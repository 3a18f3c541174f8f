import { toast } from '../../ui/toast.ts';
import { messageOf } from './problem.ts';

/** Runs a change and shows what went wrong, where there is no form to show it. */
export async function attempt(change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    toast(messageOf(error), { kind: 'error' });
    return false;
  }
}
