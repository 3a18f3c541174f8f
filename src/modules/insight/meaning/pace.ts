import { setImmediate } from 'node:timers/promises';

const slice_ms = 8;

/** Lets others have the thread once this work has had it for so long: mail that arrives waits for the same worker. */
export function pace(): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    if (performance.now() - began < slice_ms) return undefined;
    return setImmediate().then(() => {
      began = performance.now();
    });
  };
}
