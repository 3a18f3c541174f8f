import type { HomePart } from '../../../platform/product/manifest.ts';
import { FirstSteps } from './FirstSteps.tsx';
import { MyTasks } from './MyTasks.tsx';

export const homeParts: readonly HomePart[] = [
  { slot: 'notice', Part: FirstSteps },
  { slot: 'main', resource: 'task', Part: MyTasks },
];
