import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { Empty } from "./Empty";

interface ErrorBoundaryProps {
  children: ReactNode;
  /** What broke: "This chart". */
  what?: string;
}

/** Keeps a fault in one part of the page from taking the rest away. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <Broken what={this.props.what} error={error} onRetry={() => this.setState({ error: null })} />;
  }
}

/** The picture of a fault in our own code. */
export function Broken({
  what = "This page",
  error,
  onRetry,
}: {
  what?: string;
  error: Error;
  onRetry: () => void;
}) {
  return (
    <div role="alert" style={{ height: "100%" }}>
      <Empty
        title={`${what} broke`}
        action={
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        Your tasks are not affected. What the browser says: <code className="mono">{error.message}</code>
      </Empty>
    </div>
  );
}
