import type { TargetResource } from './target.ts';
import { directoryTargets } from './targets-directory.ts';
import { salesTargets } from './targets-sales.ts';

/** In the order in which they load where nothing else decides. */
export const targets: readonly TargetResource[] = [...directoryTargets, ...salesTargets];
