/** Calls `act` some time after each collection of garbage, as long as it returns true. Keeps no process alive. */
export function afterCollections(act: () => boolean): void {
  const registry = new FinalizationRegistry<null>(() => {
    if (act()) registry.register({}, null);
    else registries.delete(registry);
  });
  // One that is collected itself tells of nothing.
  registries.add(registry);
  registry.register({}, null);
}

const registries = new Set<FinalizationRegistry<null>>();
