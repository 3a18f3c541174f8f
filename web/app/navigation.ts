import type { Destination, Manifest, May, Tool } from '../platform/product/manifest.ts';
import { products } from '../platform/product/products.ts';
import type { RecordType } from '../platform/record/definition.ts';
import { wordsOf } from '../platform/record/recordTypes.ts';
import { t } from '../text/text.ts';

export interface NavigationGroup {
  /** The name of its product; what every workspace has stands under none. */
  title?: string | undefined;
  destinations: Destination[];
}

/** The pages that the navigation leads to: what every workspace has, then each product that is on under its name. */
export const navigationGroups = (): NavigationGroup[] => [
  { destinations: products().flatMap((product) => (product.isBase ? pagesOf(product) : [])) },
  ...products().flatMap((product) =>
    product.isBase ? [] : [{ title: product.title, destinations: pagesOf(product) }],
  ),
];

/** Without the pages that one may not read. */
export const shownGroups = (may: May): NavigationGroup[] =>
  navigationGroups()
    .map(({ title, destinations }) => ({
      title,
      destinations: destinations.filter(({ resource }) => !resource || may(resource, 'read')),
    }))
    .filter((group) => group.destinations.length > 0);

export const destinations = (): Destination[] => navigationGroups().flatMap((group) => group.destinations);

const pagesOf = ({ navigation, records = [] }: Manifest): Destination[] =>
  (navigation ?? records).map((entry) => ('details' in entry ? toList(entry) : entry));

const toList = ({ path, plural, icon, resource, shortcut, atBottom }: RecordType): Destination => ({
  to: path,
  label: plural,
  goTo: t('Go to {types}', { types: wordsOf(resource).types }),
  icon,
  resource,
  atBottom,
  ...(shortcut && { key: shortcut }),
});

/** The pages at the foot of the sidebar. */
export const tools = (): Tool[] => products().flatMap((product) => product.tools ?? []);
