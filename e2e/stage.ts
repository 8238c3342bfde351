// What every end-to-end test stands on: a home of its own, a folder for the agent, and a model that
// answers as told.
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LLMock } from "@copilotkit/aimock";

export class Stage {
  readonly model = new LLMock({ port: 0, logLevel: "silent" });
  readonly home: string;

  private constructor(home: string) {
    this.home = home;
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(await realpath(await mkdtemp(join(tmpdir(), "aetheria-e2e-"))));
    await mkdir(stage.workspace);
    await stage.model.start();
    return stage;
  }

  /** The folder that the agent works in. */
  get workspace(): string {
    return join(this.home, "work");
  }

  /** The environment in which the model is found. */
  get withModel(): Record<string, string> {
    return { OPENAI_API_KEY: "test-key-0123456789", OPENAI_BASE_URL: `${this.model.url}/v1` };
  }

  async close(): Promise<void> {
    await this.model.stop();
    // A browser that was killed with its host still writes for a moment.
    await rm(this.home, { recursive: true, force: true, maxRetries: 10 });
  }
}
