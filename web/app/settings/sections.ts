import { refuseTwice } from '../../platform/product/check.ts';
import type { May, ProductSettings, SettingsGroupId, SettingsSection } from '../../platform/product/manifest.ts';
import { allProducts, products } from '../../platform/product/products.ts';
import { t } from '../../text/text.ts';

interface SettingsGroup {
  id: SettingsGroupId;
  label: string;
  sections: readonly SettingsSection[];
}

const groups: readonly Omit<SettingsGroup, 'sections'>[] = [
  { id: 'you', label: t('You') },
  { id: 'workspace', label: t('Workspace') },
  { id: 'data', label: t('Data') },
  { id: 'system', label: t('System') },
  { id: 'installation', label: t('Installation') },
];

/** By the id of the product. */
const loaded = new Map<string, ProductSettings>();

/** Fetches the sections of all products, also of those that are switched off now. Whatever shows them waits for it. */
export async function loadSections(): Promise<void> {
  await Promise.all(
    allProducts().map(async ({ id, settings }) => {
      if (settings && !loaded.has(id)) loaded.set(id, await settings());
    }),
  );
  refuseTwice(
    [...loaded].flatMap(([product, { sections }]) => sections.map(({ id: what }) => ({ product, what }))),
    'section of the settings',
  );
}

/** Of the products that are on, in their order, once they have been fetched. */
export const productSettings = (): ProductSettings[] => products().flatMap(({ id }) => loaded.get(id) ?? []);

export function settingsGroups(): SettingsGroup[] {
  const sections = productSettings().flatMap((settings) => settings.sections);
  return groups.map((group) => ({ ...group, sections: sections.filter(({ under }) => under === group.id) }));
}

/** Whether somebody may open a section: by a right of their role, or as an operator. */
export const isOpen = ({ resource, operator }: SettingsSection, may: May, session: { operator: boolean }): boolean =>
  operator ? session.operator : !resource || may(resource, 'read');

/** Whether somebody sees a section and can change nothing of it. */
export const isOnlyShown = ({ resource, report }: SettingsSection, may: May): boolean =>
  resource !== undefined && !report && !['create', 'update', 'delete'].some((action) => may(resource, action));
