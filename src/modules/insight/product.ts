import type { Product } from '../../kernel/features/product.ts';
import { insightConsumer, insightRoutes } from './insights/index.ts';
import { languageModelJobs, languageModelRoutes, languageModelSchedules } from './language-model/index.ts';
import { enqueueAnew, meaningConsumer, meaningJobs, meaningRoutes, meaningSchedules } from './meaning/index.ts';

export const insight: Product = {
  name: 'insight',
  title: 'Insight',
  description: 'Search by meaning, and what notes, activities and mail say about people and deals',
  recordTypes: [],
  rights: [],
  routes: (services) => [...meaningRoutes(services), ...insightRoutes(services), ...languageModelRoutes(services)],
  jobs: (services) => [...meaningJobs(services), ...languageModelJobs],
  schedules: [...meaningSchedules, ...languageModelSchedules],
  consumers: [meaningConsumer, insightConsumer],
  whenSwitchedOn: enqueueAnew,
};
