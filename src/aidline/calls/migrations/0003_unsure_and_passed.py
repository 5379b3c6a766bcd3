from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0002_what_is_heard'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='passed',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='call',
            name='unsure',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='leg',
            name='unsure',
            field=models.BooleanField(default=False),
        ),
    ]
