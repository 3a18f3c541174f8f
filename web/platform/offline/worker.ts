import { useSyncExternalStore } from 'react';

/** The worker keeps one version of the page whole. A newer one waits beside it until somebody takes it. */

const look_again_ms = 3_600_000;

let next: ServiceWorker | null = null;
/** Another window took the new version: the parts of this one are gone. */
let replaced = false;
let taking = false;
const listeners = new Set<() => void>();

function report(): void {
  for (const listener of listeners) listener();
}

export function startWorker(): () => void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return () => {};
  const { serviceWorker } = navigator;
  let timer: ReturnType<typeof setInterval> | undefined;
  const watch = (registration: ServiceWorkerRegistration) => {
    const offer = (worker: ServiceWorker | null) => {
      // Without one in charge this is the first, which nobody needs to be asked about.
      if (worker?.state !== 'installed' || !serviceWorker.controller) return;
      next = worker;
      report();
    };
    offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => offer(installing));
    });
    timer = setInterval(() => void registration.update().catch(() => undefined), look_again_ms);
  };
  const onChange = () => {
    if (taking) window.location.reload();
    replaced = true;
    report();
  };
  serviceWorker.addEventListener('controllerchange', onChange);
  // An installation without HTTPS has none; the page works as it did.
  serviceWorker.register('/sw.js', { updateViaCache: 'none' }).then(watch, () => undefined);
  return () => {
    clearInterval(timer);
    serviceWorker.removeEventListener('controllerchange', onChange);
  };
}

export const useNewVersion = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => next !== null || replaced,
  );

/** Loads the page anew, in its new version. */
export function takeNewVersion(): void {
  taking = true;
  if (next && !replaced) next.postMessage('take-over');
  else window.location.reload();
}
