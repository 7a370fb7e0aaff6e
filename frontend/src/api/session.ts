/** Whether the server knows this browser. Ends with the first answer 401, begins with the right token. */
export class Session {
  private hasEnded = false;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): boolean => this.hasEnded;

  end(): void {
    this.set(true);
  }

  begin(): void {
    this.set(false);
  }

  private set(hasEnded: boolean): void {
    if (this.hasEnded === hasEnded) return;
    this.hasEnded = hasEnded;
    for (const listener of this.listeners) listener();
  }
}
