import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "~/api/client";
import classes from "./AppShell.module.css";

/** Stands in for every page while the server does not know this browser. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const [token, setToken] = useState("");
  const cache = useQueryClient();
  const signIn = api.useMutation("post", "/session");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const onSuccess = () => {
      onSignedIn();
      void cache.resetQueries();
    };
    signIn.mutate({ body: { token } }, { onSuccess });
  };
  return (
    <section className={`card ${classes.panel}`} aria-labelledby="sign-in">
      <title>Sign in · HyperTrainer</title>
      <h1 id="sign-in">Open the link that the server printed</h1>
      <p>
        <code className="mono">hypertrainer serve</code> prints a link with an access token when it starts.
        Open it once in this browser, or paste the token here.
      </p>
      <form onSubmit={submit}>
        <PasswordInput
          label="Access token"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          error={signIn.error?.message}
          autoComplete="current-password"
          required
          mb="sm"
        />
        <Button type="submit" loading={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </section>
  );
}
