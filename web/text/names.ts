/** A name of the program's, such as `in_repair`, as one reads it. */
export const spoken = (name: string): string => name.replaceAll('_', ' ');

/** As a title would have it: "In repair". */
export const titled = (name: string): string => {
  const words = spoken(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** A field by its own name, which is the key of those that the workspace made, and for a reference what it names. */
export const bareName = (field: string): string => field.replace(/^custom\.|_id$/g, '');

/** The same as a title would have it. */
export const writtenName = (field: string): string => titled(bareName(field));
