using Distillation;

return await StudyCommand.Create().Parse(args).InvokeAsync().ConfigureAwait(false);
