import { expect, it } from "vitest";
import { gitLines } from "./gitLines";

const DIFF = `diff --git a/train.py b/train.py
index 1..2 100644
--- a/train.py
+++ b/train.py
@@ -1,2 +1,2 @@
 same
--- a comment
+new
diff --git a/b b/b
Binary files differ
`;

it("tells headers from content", () => {
  expect(gitLines(DIFF).map(({ kind }) => kind)).toEqual([
    "file",
    "head",
    "head",
    "head",
    "place",
    "same",
    "removed",
    "added",
    "file",
    "head",
  ]);
});
