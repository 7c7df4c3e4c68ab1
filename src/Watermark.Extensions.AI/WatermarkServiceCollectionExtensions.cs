using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Watermark.Extensions.AI;

/// <summary>Watermarks in a container of services.</summary>
public static class WatermarkServiceCollectionExtensions
{
    /// <summary>
    /// Adds one <see cref="IWatermarkKeyProvider"/>, unless there is one. It uses the container's <see cref="TimeProvider"/>,
    /// where there is one, and loads its key when it is first asked for.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="options">Where the key is and when its epoch changes.</param>
    /// <returns>The container.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IServiceCollection AddWatermark(this IServiceCollection services, WatermarkKeyOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        services.TryAddSingleton<IWatermarkKeyProvider>(provider => new WatermarkKeyProvider(options, provider.GetService<TimeProvider>()));
        return services;
    }
}
