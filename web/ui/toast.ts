import { Toast } from '@base-ui/react/toast';

export const toasts = Toast.createToastManager();

interface ToastOptions {
  description?: string;
  /** Shown as a button; a save is undone from its toast. */
  action?: { label: string; run: () => void };
  kind?: 'info' | 'error';
}

export function toast(title: string, { description, action, kind = 'info' }: ToastOptions = {}): void {
  const id = toasts.add({
    title,
    description,
    type: kind,
    priority: kind === 'error' ? 'high' : 'low',
    timeout: kind === 'error' ? 10_000 : action ? 8_000 : 4_000,
    actionProps: action && {
      children: action.label,
      onClick: () => {
        toasts.close(id);
        action.run();
      },
    },
  });
}
