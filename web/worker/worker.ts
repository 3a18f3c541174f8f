import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  type PrecacheEntry,
  precacheAndRoute,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

/** Written by `worker/plugin.ts`: every file of this version of the page. */
declare const page_files: PrecacheEntry[];

/**
 * A page of one version gets all its parts from that version: the next one waits beside it until somebody asks for it.
 */
precacheAndRoute(page_files);
cleanupOutdatedCaches();
// What the API answers is kept by the page itself, per person; a download is a navigation too.
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [/^\/api\//] }));

addEventListener('message', (event) => {
  if (event.data === 'take-over') void (globalThis as unknown as { skipWaiting(): Promise<void> }).skipWaiting();
});
