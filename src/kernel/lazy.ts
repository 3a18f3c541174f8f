/**
 * Gives what `make` makes, which is done when it is first asked for: every start and command would wait for it
 * otherwise.
 */
export function lazy<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
