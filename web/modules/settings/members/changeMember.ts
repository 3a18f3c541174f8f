import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { withConfirmation } from '../../../platform/session/confirm.tsx';
import { toast } from '../../../ui/toast.ts';

/** Changes an account, after the caller has confirmed who they are, and reads the members again. */
export async function changeMember(work: () => Promise<unknown>, done: string): Promise<void> {
  if (!(await attempt(() => withConfirmation(work)))) return;
  toast(done);
  await queryClient.invalidateQueries({ queryKey: ['user'] });
}
