import { attempt } from '../../../app/attempt.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { toast } from '../../../ui/toast.ts';
import { withConfirmation } from '../security/confirm.tsx';

/** Changes an account, after the caller has confirmed who they are, and reads the members again. */
export async function changeMember(work: () => Promise<unknown>, done: string): Promise<void> {
  if (!(await attempt(() => withConfirmation(work)))) return;
  toast(done);
  await queryClient.invalidateQueries({ queryKey: ['user'] });
}
