import type { Destination, Tool } from '../platform/product/manifest.ts';
import { products } from '../platform/product/products.ts';
import type { RecordDefinition } from '../platform/record/definition.ts';
import { wordsOf } from '../platform/record/definitions.ts';
import { t } from '../text/text.ts';

/** The pages that the navigation leads to, product by product. */
export const destinations = (): Destination[] =>
  products().flatMap(({ navigation, records = [] }) =>
    (navigation ?? records).map((entry) => ('contract' in entry ? toList(entry) : entry)),
  );

const toList = ({ path, plural, icon, resource, shortcut, atBottom }: RecordDefinition): Destination => ({
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
