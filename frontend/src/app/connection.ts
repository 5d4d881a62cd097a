/** Whether the server can be reached, as the last request found it. While it cannot, its health is asked for. */
import { Store } from './store';

const PROBE_EVERY_MS = 3000;

class Connection {
  readonly online = new Store(true);
  private probe: ReturnType<typeof setTimeout> | undefined;

  /** Starts to follow the browser's own word on the network. */
  watch(): void {
    window.addEventListener('offline', () => this.lost());
    window.addEventListener('online', () => void this.ask());
  }

  reached = (): void => {
    clearTimeout(this.probe);
    this.probe = undefined;
    this.online.set(true);
  };

  lost = (): void => {
    this.online.set(false);
    this.probe ??= setTimeout(() => void this.ask(), PROBE_EVERY_MS);
  };

  private async ask(): Promise<void> {
    clearTimeout(this.probe);
    this.probe = undefined;
    try {
      const response = await fetch('/api/v1/health', { cache: 'no-store' });
      // The health page answers 503 itself where a part is down: with JSON, so the server was reached.
      const answered = response.headers.get('Content-Type')?.includes('json') ?? false;
      if (answered) this.reached();
      else this.lost();
    } catch {
      this.lost();
    }
  }
}

export const connection = new Connection();
