import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useConnection } from '../app/live.ts';
import { queryClient } from '../app/queryClient.ts';
import { allFresh } from './answers.ts';
import { forgetTaken } from './purgeRevoked.ts';
import { sendWaiting } from './send.ts';
import { startWorker } from './worker.ts';

/** Sends what waits as soon as the server is there, and shows what it says in place of what was kept. */
export function useOffline(): void {
  const connection = useConnection();
  const router = useRouter();
  useEffect(() => {
    if (connection !== 'open') return;
    void sendWaiting();
    allFresh(queryClient);
    void forgetTaken(queryClient);
  }, [connection]);
  useEffect(startWorker, []);
  useEffect(() => {
    // Whoever looks at a new record stays with it when it gets its name from the server.
    const follow = (event: Event) => {
      const { from, to } = (event as CustomEvent<{ from: string; to: string }>).detail;
      const { href } = router.state.location;
      if (href.includes(from)) router.history.replace(href.replaceAll(from, to));
    };
    window.addEventListener('holdfast:arrived', follow);
    return () => window.removeEventListener('holdfast:arrived', follow);
  }, [router]);
}
