/** A row of a list of what engines have. */
type Placed = { driver: string; endpoint?: string | undefined };

/** Says where each row lies: the driver, and with several engines the engine too, `docker:default` for the first. Pure. */
export function placeOf(all: readonly Placed[]): (one: Placed) => string {
  const several = new Set(all.filter((one) => one.endpoint !== undefined).map((one) => one.driver));
  return ({ driver, endpoint = 'default' }) => (several.has(driver) ? `${driver}:${endpoint}` : driver);
}
