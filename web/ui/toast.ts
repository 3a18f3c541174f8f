import { Toast } from '@base-ui/react/toast';

interface ToastButton {
  label: string;
  run: () => void;
}

/** `percent` of something that goes on; null while nobody knows. `open`: the way to what was made. */
export interface ToastData {
  percent?: number | null;
  open?: ToastButton | undefined;
}

export const toasts = Toast.createToastManager<ToastData>();

interface ToastOptions {
  /** What is said later under the same id takes its place. */
  id?: string;
  description?: string;
  /** Shown as a button; a save is undone from its toast. */
  action?: ToastButton | undefined;
  /** A button before it, to what was made. */
  open?: ToastButton | undefined;
  kind?: 'info' | 'error';
  /** For how long it stays; by default for as long as it takes to read it. */
  ms?: number;
}

export function toast(
  title: string,
  { id: known, description, action, open, kind = 'info', ms }: ToastOptions = {},
): void {
  const id = toasts.add({
    id: known,
    title,
    description,
    type: kind,
    timeout: ms ?? (kind === 'error' ? 10_000 : action || open ? 8_000 : 4_000),
    data: { open },
    actionProps: action && {
      children: action.label,
      onClick: () => {
        toasts.close(id);
        action.run();
      },
    },
  });
}

/** Takes back what is no longer so. */
export const closeToast = (id: string): void => toasts.close(id);

interface Progress {
  set: (description: string, percent: number | null) => void;
  close: () => void;
}

/** Stays until what it tells of has ended. */
export function progressToast(title: string, action: ToastButton): Progress {
  const id = toasts.add({
    title,
    type: 'info',
    timeout: 0,
    data: { percent: null },
    actionProps: { children: action.label, onClick: action.run },
  });
  return {
    set: (description, percent) => toasts.update(id, { description, data: { percent } }),
    close: () => toasts.close(id),
  };
}
