/** What a tenant's own fields can hold. */
export const customFieldTypes = [
  'text', 'integer', 'decimal', 'money', 'date', 'select', 'multi_select', 'user', 'url', 'boolean', 'contact', 'company',
] as const; // biome-ignore format: a list of words
export type CustomFieldType = (typeof customFieldTypes)[number];

/** The nouns that can have them. */
export const customisedResources = ['contact', 'company', 'deal', 'task'] as const;
