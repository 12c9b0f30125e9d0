/// <reference lib="dom" />
import { runApp } from "./app.ts";
import { startEngine } from "./engine.ts";
import { pageData } from "./given_data.ts";

const data = pageData();
const wanted = new URLSearchParams(location.search).get("backend");
document.getElementById("page")!.replaceWith(runApp(data, startEngine(data, wanted)));
