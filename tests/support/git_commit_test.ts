import assert from "node:assert/strict";
import { join } from "node:path";
import { gitCommit } from "../../lib/support/git_commit.ts";
import { temporaryFolder } from "../_folders.ts";

const [FIRST, SECOND] = ["a".repeat(40), "b".repeat(40)];

Deno.test("gitCommit() reads the commit of a branch, packed or not, of none, and of a second working tree", async () => {
  await using folder = await temporaryFolder();
  const write = async (path: string, text: string) => {
    const file = join(folder.path, path);
    await Deno.mkdir(join(file, ".."), { recursive: true });
    await Deno.writeTextFile(file, text);
  };
  const project = join(folder.path, "project");
  await Deno.mkdir(project);
  assert.equal(gitCommit(project), null);
  await write("project/.git/HEAD", "ref: refs/heads/main\n");
  assert.equal(gitCommit(project), null, "no commit yet");
  await write(
    "project/.git/packed-refs",
    `# pack-refs\n${FIRST} refs/heads/main\n${SECOND} refs/heads/other\n`,
  );
  assert.equal(gitCommit(project), FIRST);
  await write("project/.git/refs/heads/main", `${SECOND}\n`);
  assert.equal(gitCommit(project), SECOND);
  await write("second/.git", `gitdir: ${join(project, ".git/worktrees/second")}\n`);
  await write("project/.git/worktrees/second/HEAD", "ref: refs/heads/other\n");
  await write("project/.git/worktrees/second/commondir", "../..\n");
  assert.equal(gitCommit(join(folder.path, "second")), SECOND);
  await write("project/.git/HEAD", `${FIRST}\n`);
  assert.equal(gitCommit(project), FIRST);
});
