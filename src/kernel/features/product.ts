import type { ReachExtension } from '../access/table-rule.ts';
import type { Consumer } from '../feed/consumer.ts';
import type { Route } from '../http/route.ts';
import type { JobKind } from '../jobs/kind.ts';
import type { Schedule } from '../jobs/schedule.ts';
import type { Services } from '../services.ts';
import type { ProductFeature } from './registry.ts';

/** All that a product declares, which is off with it. Its records stay, and are there again once it is on. */
export interface Product extends ProductFeature {
  /** Groups of its own through which rows of other modules' record types are reached too (`extendReach`). */
  reach?: readonly ReachExtension[];
  /** Beside those of its record types. */
  routes: (services: Services) => Route[];
  jobs: (services: Services) => JobKind[];
  schedules: readonly Schedule[];
  consumers: readonly Consumer[];
  /** What a worker does all the time, beside jobs. */
  watchers?: (services: Services) => readonly Watcher[];
}

/** Runs from the start of a worker to its end. */
export interface Watcher {
  start(): void;
  stop(): Promise<void>;
}

/** Whatever belongs to a feature, beside other features that it may belong to. */
const inFeature = <T extends { features?: readonly string[] }>(name: string, things: readonly T[]): T[] =>
  things.map((thing) => ({ ...thing, features: [...new Set([name, ...(thing.features ?? [])])] }));

export const withFeature = (name: string, routes: readonly Route[]): Route[] => inFeature(name, routes);

/** What products declare, each with the name of its product. */
export const jobsOf = (all: readonly Product[], services: Services): JobKind[] =>
  all.flatMap(({ name, jobs }) => inFeature(name, jobs(services)));
export const schedulesOf = (all: readonly Product[]): Schedule[] =>
  all.flatMap(({ name, schedules }) => inFeature(name, schedules));
export const watchersOf = (all: readonly Product[], services: Services): Watcher[] =>
  all.flatMap(({ watchers }) => watchers?.(services) ?? []);
export const consumersOf = (all: readonly Product[]): Consumer[] =>
  all.flatMap(({ name, consumers }) => inFeature(name, consumers));

/**
 * The routes of products, and with their name those of others that are about their record types: all below the
 * addresses of these.
 */
export function inProducts(all: readonly Product[], routes: readonly Route[]): Route[] {
  return routes.map((route) => {
    const product = all.find(({ recordTypes }) =>
      recordTypes.some(({ resource }) => isBelow(route.path, resource.plural)),
    );
    return product ? inFeature(product.name, [route])[0]! : route;
  });
}

const isBelow = (path: string, plural: string): boolean => `${path}/`.startsWith(`/api/v1/${plural}/`);
