/** Where a page's code fails, what says so stands in its place, until another page is opened. */
import { Component, type ReactNode } from 'react';
import { CrashPage } from '@/pages/Crash';

interface Props {
  /** The address: another one is another chance. */
  place: string;
  children: ReactNode;
}

export class CrashBoundary extends Component<Props, { error: unknown; failedAt: string | null }> {
  override state = { error: null as unknown, failedAt: null as string | null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  static getDerivedStateFromProps(
    { place }: Props,
    { error, failedAt }: { error: unknown; failedAt: string | null },
  ): { error: unknown; failedAt: string | null } | null {
    if (error === null) return null;
    if (failedAt === null) return { error, failedAt: place };
    return failedAt === place ? null : { error: null, failedAt: null };
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <CrashPage error={this.state.error} />;
  }
}
