// Why a supervisor did not start what it was asked to, as people read it.
import { AetheriaError } from "../../../contract/errors.ts";

export function refusal(problem: string): AetheriaError {
  if (problem === "workspace_missing")
    return new AetheriaError("workspace_missing", "This session's folder is gone.", {
      hint: "Put it back, or choose another folder for the session.",
    });
  if (problem === "disk_full")
    return new AetheriaError("disk_full", "The disk of this session's folder is full.", {
      hint: "Free some space and run it again.",
      retryable: true,
    });
  return new AetheriaError("conflict", "The sandbox has no room for one more program.", {
    hint: "Stop what still runs in it, or restart the sandbox.",
    retryable: true,
  });
}

export function sandboxEnded(): AetheriaError {
  return new AetheriaError("disconnected", "This sandbox has ended.", {
    hint: "Run it again: the next run starts a new one.",
    retryable: true,
  });
}

export function languageMissing(language: "Node" | "A shell"): AetheriaError {
  return new AetheriaError("part_missing", `${language} is not in this sandbox.`, {
    hint:
      language === "Node"
        ? "Choose the image with Node in the settings, or install Node on this machine."
        : "Install bash on this machine.",
  });
}
