import type { FirstStep, HomePart } from '../../platform/product/manifest.ts';
import { products } from '../../platform/product/products.ts';

/** By the id of the product. */
const loaded = new Map<string, readonly HomePart[]>();

/** Fetches what the products show on the home page, which waits for it. */
export async function loadHomeParts(): Promise<void> {
  await Promise.all(
    products().map(async ({ id, home }) => {
      if (home && !loaded.has(id)) loaded.set(id, (await home()).homeParts);
    }),
  );
}

/** In the order of the products. */
export const homeParts = (): HomePart[] => products().flatMap(({ id }) => loaded.get(id) ?? []);

/** What every workspace sets up comes before that of single products. */
export const firstSteps = (): FirstStep[] =>
  products()
    .toSorted((a, b) => Number(b.isBase ?? false) - Number(a.isBase ?? false))
    .flatMap((product) => product.firstSteps ?? []);
