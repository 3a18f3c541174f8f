/** A name of the program's, such as `in_repair`, as one reads it. */
export const spoken = (name: string): string => name.replaceAll('_', ' ');

/** As a title would have it: "In repair". */
export const titled = (name: string): string => {
  const words = spoken(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
};
