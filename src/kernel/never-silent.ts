const silence_ms_max = 10_000;

interface Speaker {
  say: (line: string) => void;
  /** Ends the remarks; what is said afterwards is passed on as before. */
  stop: () => void;
}

/**
 * Passes on what is said, and a remark whenever nothing was said for ten seconds, so that nobody takes the program for
 * stuck.
 */
export function neverSilent(write: (line: string) => void): Speaker {
  const began = Date.now();
  const sinceBegan = () => Math.round((Date.now() - began) / 1_000);
  let isStopped = false;
  let silence: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(silence);
    if (isStopped) return;
    silence = setTimeout(() => say(`  Still working, for ${sinceBegan()} s`), silence_ms_max);
  };
  const say = (line: string) => {
    write(line);
    wait();
  };
  const stop = () => {
    isStopped = true;
    clearTimeout(silence);
  };
  wait();
  return { say, stop };
}
