import { describe, expect, it } from "vitest";
import { jsonWithFloats, parseYamlValue, YamlFloat } from "./yamlValue";

function json(text: string): string {
  const parsed = parseYamlValue(text);
  return parsed.ok ? jsonWithFloats(parsed.value) : `error: ${parsed.message}`;
}

describe("a value of an override", () => {
  it.each([
    ["12", "12"],
    ["-3", "-3"],
    ["0x1F", "31"],
    ["0.5", "0.5"],
    ["1e-3", "0.001"],
    [".5", "0.5"],
    ["true", "true"],
    ["False", "false"],
    ["null", "null"],
    ["~", "null"],
    ["", "null"],
    ["adam", '"adam"'],
    ["yes", '"yes"'],
    ["12:30", '"12:30"'],
    ["a, b", '"a, b"'],
    ['"12"', '"12"'],
    ["'it''s'", '"it\'s"'],
    ['"a\\nb"', '"a\\nb"'],
    ["[1, 2.5, adam]", '[1,2.5,"adam"]'],
    ["[]", "[]"],
    ["{name: sgd, momentum: 0.9}", '{"name":"sgd","momentum":0.9}'],
    ["[[1, 2], {a: [x]}]", '[[1,2],{"a":["x"]}]'],
  ])("reads %s as %s", (text, expected) => {
    expect(json(text)).toBe(expected);
  });

  it("keeps a whole float a float on the wire", () => {
    expect(parseYamlValue("1.0")).toEqual({ ok: true, value: new YamlFloat("1e0") });
    expect(JSON.parse(json("1.0"))).toBe(1);
    expect(json("[1.0, 1]")).toBe("[1e0,1]");
    expect(json("1e3")).toBe("1e3");
  });

  it.each([
    ["[1, 2", /closing ]/],
    ["{a 1}", /colon/],
    ['"open', /closing "/],
    ["'open", /closing '/],
    [".inf", /write it in the YAML/],
    ["99999999999999999999", /too large/],
    ["1e999", /larger than/],
    ["[1] 2", /Nothing may follow/],
    ['["bad \\q"]', /./],
  ])("says what is wrong with %s", (text, message) => {
    const parsed = parseYamlValue(text);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? "" : parsed.message).toMatch(message);
  });
});
