import { lazyPart } from '../../text/lazy.ts';

export const LazyMergeDialog = lazyPart(() => import('./MergeDialog.tsx'));
