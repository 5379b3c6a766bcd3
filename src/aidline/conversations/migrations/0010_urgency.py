from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0009_peaks'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='urgency',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
